// Command svidok-train checks labelled reports, trains the classifier on them and
// measures it.
//
//	svidok-train check FILE…                  faults and counts of labelled files
//	svidok-train train -o MODEL FILE…         trains on labelled files
//	svidok-train cross FILE…                  leaves one file out at a time and measures it
//	svidok-train measure [-m MODEL] FILE…     measures a model, or the embedded one
//
// FILE may be a folder. Each file is one hand's.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "svidok-train:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("wanted: check, train, cross or measure, and FILE…")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	out := flags.String("o", "", "the model's `file`")
	model := flags.String("m", "", "a model's `file`")
	faults := flags.Bool("faults", false, "list what is missed and what is too much")
	also := flags.String("also", "", "a `folder` that is learned from in every turn")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	names := flags.Args()
	switch args[0] {
	case "check":
		return check(names)
	case "train":
		return trainTo(*out, names)
	case "cross":
		return cross(names, *also, *faults)
	case "measure":
		return measure(*model, names, *faults)
	}
	return fmt.Errorf("unknown command %q", args[0])
}
