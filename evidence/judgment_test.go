package evidence_test

import (
	"errors"
	"testing"

	"svidok/evidence"
)

const (
	olena = "p:0000000000000001"
	taras = "p:0000000000000002"
)

type move struct {
	act  evidence.Act
	by   string
	role evidence.Role
}

func TestTwoPeopleMakeAFinding(t *testing.T) {
	coder, reviewer, admin := evidence.RoleCoder, evidence.RoleReviewer, evidence.RoleAdmin
	cases := []struct {
		name    string
		from    evidence.Standing
		moves   []move
		want    evidence.Standing
		refused bool // the last move
	}{
		{"accepted and confirmed", evidence.Suggested, []move{{"accept", olena, coder}, {"confirm", taras, reviewer}}, evidence.Confirmed, false},
		{"an admin may confirm too", evidence.Suggested, []move{{"accept", olena, coder}, {"confirm", taras, admin}}, evidence.Confirmed, false},
		{"nobody confirms their own", evidence.Suggested, []move{{"accept", olena, admin}, {"confirm", olena, admin}}, evidence.Coded, true},
		{"nobody returns their own", evidence.Suggested, []move{{"accept", olena, admin}, {"return", olena, admin}}, evidence.Coded, true},
		{"a coder cannot confirm", evidence.Suggested, []move{{"accept", olena, coder}, {"confirm", taras, coder}}, evidence.Coded, true},
		{"a suggestion is no finding", evidence.Suggested, []move{{"confirm", taras, reviewer}}, evidence.Suggested, true},
		{"a rejected one is not confirmed", evidence.Suggested, []move{{"reject", olena, coder}, {"confirm", taras, reviewer}}, evidence.Rejected, true},
		{"a rejected one may be sent back", evidence.Suggested, []move{{"reject", olena, coder}, {"return", taras, reviewer}}, evidence.Returned, false},
		{"a returned one waits for its coder", evidence.Suggested, []move{{"accept", olena, coder}, {"return", taras, reviewer}, {"confirm", taras, reviewer}}, evidence.Returned, true},
		{"coded anew, confirmed anew", evidence.Suggested, []move{{"accept", olena, coder}, {"confirm", taras, reviewer}, {"accept", taras, reviewer}}, evidence.Coded, false},
		{"who coded last cannot confirm", evidence.Suggested, []move{{"accept", olena, coder}, {"accept", taras, reviewer}, {"confirm", taras, reviewer}}, evidence.Coded, true},
		{"added, then confirmed", "", []move{{"add", olena, coder}, {"confirm", taras, reviewer}}, evidence.Confirmed, false},
		{"added twice", "", []move{{"add", olena, coder}, {"add", taras, reviewer}}, evidence.Coded, true},
		{"what is not there is not accepted", "", []move{{"accept", olena, coder}}, "", true},
		{"machines do not judge", evidence.Suggested, []move{{"accept", "m:coding/1", coder}}, evidence.Suggested, true},
		{"strangers do not judge", evidence.Suggested, []move{{"accept", olena, ""}}, evidence.Suggested, true},
		{"an unknown act", evidence.Suggested, []move{{"bless", olena, admin}}, evidence.Suggested, true},
		{"what was replaced rests", evidence.Replaced, []move{{"accept", olena, coder}}, evidence.Replaced, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := evidence.State{Standing: c.from}
			for i, m := range c.moves {
				next, err := s.Next(m.act, m.by, m.role, evidence.Sum([]byte{byte(i)}))
				last := i == len(c.moves)-1
				if refused := err != nil; refused != (last && c.refused) {
					t.Fatalf("move %d %v: %v", i, m, err)
				}
				if err != nil && !errors.Is(err, evidence.ErrRefused) {
					t.Fatalf("%v is not ErrRefused", err)
				}
				s = next
			}
			if s.Standing != c.want {
				t.Fatalf("%q, want %q", s.Standing, c.want)
			}
		})
	}
}

// Whatever people do in whatever order, a finding has two different people behind it.
func TestNoPathToAFindingByOnePerson(t *testing.T) {
	acts := []evidence.Act{"accept", "reject", "correct", "add", "confirm", "return"}
	var walk func(s evidence.State, depth int)
	walk = func(s evidence.State, depth int) {
		if s.Standing == evidence.Confirmed && (s.Coder == s.Reviewer || s.Coder == "" || s.Reviewer == "") {
			t.Fatalf("a finding by one person: %+v", s)
		}
		if depth == 0 {
			return
		}
		for _, a := range acts {
			for _, by := range []string{olena, taras} {
				if next, err := s.Next(a, by, evidence.RoleAdmin, evidence.Hash{byte(depth)}); err == nil {
					walk(next, depth-1)
				}
			}
		}
	}
	walk(evidence.State{}, 5)
	walk(evidence.State{Standing: evidence.Suggested}, 5)
}

func TestGatherAndSupersede(t *testing.T) {
	var s evidence.State
	if _, err := s.Gather(olena, evidence.RoleCoder, true, evidence.Hash{}); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("withdrew an event that is not there: %v", err)
	}
	s, err := s.Gather(olena, evidence.RoleCoder, false, evidence.Hash{1})
	if err != nil || s.Standing != evidence.Coded {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := s.Next(evidence.ActConfirm, olena, evidence.RoleAdmin, evidence.Hash{2}); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("confirmed one's own event: %v", err)
	}
	s, err = s.Next(evidence.ActConfirm, taras, evidence.RoleReviewer, evidence.Hash{2})
	if err != nil || s.Standing != evidence.Confirmed {
		t.Fatalf("%+v, %v", s, err)
	}
	if s, err = s.Gather(taras, evidence.RoleReviewer, false, evidence.Hash{3}); err != nil || s.Standing != evidence.Coded || s.Coder != taras {
		t.Fatalf("a changed event must be confirmed anew by another: %+v, %v", s, err)
	}
	if _, err := (evidence.State{}).Supersede(olena, evidence.Hash{}); !errors.Is(err, evidence.ErrRefused) {
		t.Fatalf("superseded nothing: %v", err)
	}
	if s, err := (evidence.State{Standing: evidence.Suggested}).Supersede(olena, evidence.Hash{4}); err != nil || s.Standing != evidence.Replaced {
		t.Fatalf("%+v, %v", s, err)
	}
}
