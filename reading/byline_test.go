package reading

import "testing"

func TestATimeIsNoAuthor(t *testing.T) {
	for in, want := range map[string]string{
		"04.08.2025 10:00": "", "— 12:30": "", "Редакція": "Редакція", "Desk 2": "Desk 2", "": "",
	} {
		if got := person(in); got != want {
			t.Errorf("person(%q) = %q, want %q", in, got, want)
		}
	}
}
