// Command svidok-train checks labelled reports, trains the classifier on them and
// measures it.
//
//	svidok-train check FILE…            faults and counts of labelled files
package main

import (
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
		return fmt.Errorf("wanted: check FILE…")
	}
	switch args[0] {
	case "check":
		return check(args[1:])
	}
	return fmt.Errorf("unknown command %q", args[0])
}
