package origins

import (
	"fmt"
	"os"
	"svidok/words"
	"testing"
)

func TestDebug(t *testing.T) {
	s := os.Getenv("DBG")
	if s == "" {
		t.Skip()
	}
	r := new(reader)
	var c words.Cut
	c.Read(s)
	r.c = &c
	r.t = tables()
	for i := range c.Sentences {
		lo, hi := c.Words(i)
		fmt.Println(r.load(lo, hi))
		r.mark()
		r.name()
		r.cues()
		for j := range r.tok {
			fmt.Printf("%s cls=%b g=%b e=%d\n", c.Folded(lo+j), r.tok[j].class, r.tok[j].gap, r.tok[j].ent)
		}
		fmt.Printf("%+v\n", r.ents)
	}
}
