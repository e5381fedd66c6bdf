package coding_test

import (
	"testing"
	"time"

	"svidok/coding"
)

func book(t testing.TB) *coding.Codebook {
	t.Helper()
	b, problems := coding.Compile(coding.Builtin())
	for _, p := range problems {
		t.Errorf("%d:%d: %s", p.Line, p.Column, p.Message)
	}
	if b == nil {
		t.FailNow()
	}
	return b
}

func TestBuiltinCompiles(t *testing.T) {
	begin := time.Now()
	b := book(t)
	t.Logf("compiled in %v", time.Since(begin))
	if n := len(b.Codes()); n != 97 {
		t.Errorf("%d codes, want 97", n)
	}
	if n := len(b.Groups()); n != 14 {
		t.Errorf("%d groups, want 14", n)
	}
}
