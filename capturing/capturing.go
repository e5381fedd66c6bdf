// Package capturing judges the capture of a page: what is needed to show it, whether it
// holds what it should, and which parts of the court minimum it has. Bytes and values in,
// values out; nothing is fetched here.
//
// # The court minimum
//
// After the Berkeley Protocol (HR/PUB/20/2, chapter VI, collection), a capture should have:
// address, source (the code as it came), screenshot (the full page), media (that are
// embedded), metadata (that are embedded), context (what stands around it), collection
// (who collected, when, with what), hash.
//
// # Hollow captures
//
// A server may answer 200 and give something else than the page: a wall (sign in, consent,
// pay), a check for robots, a notice that it is blocked or gone, a shell that scripts would
// fill. Such a capture is worse than none if nobody notices. [Hollow] names the signs. Each
// rests on what the page says of itself in its few words (a wall has few), on forms and on
// marks of known makers; a long text of sentences speaks against it. A page about captchas
// is not a captcha. Certain is said only where nothing else can be meant.
package capturing

import (
	"slices"
)

// Page is a capture to be judged.
type Page struct {
	Status  int
	HTML    []byte // as decoded from the wire, or after scripts
	Text    string // as read: the main text
	Title   string
	Asked   string // address
	Final   string // after redirects; "" if the same
	Expect  string // words that a listing promised: a title
	Scripts bool   // HTML is as scripts left it
}

// Finding is one sign that a capture is hollow.
type Finding struct {
	Kind    string // see the constants
	Certain bool
	Because string
}

// The kinds of hollow captures.
const (
	Login    = "login"     // sign in to see it
	Consent  = "consent"   // agree to something first
	Paywall  = "paywall"   // pay first
	BotCheck = "bot-check" // prove that you are no robot
	Blocked  = "blocked"   // closed for this country or this address
	Missing  = "missing"   // it is not there, whatever the status says
	Error    = "error"     // the server has a fault
	Shell    = "shell"     // nothing but scripts
	Parked   = "parked"    // the domain is for sale
	Home     = "home"      // led to the front page
	Other    = "other"     // the words that were promised are not in it
	Tiny     = "tiny"      // next to nothing
)

// Facts are what the minimum is judged by.
type Facts struct {
	Address  bool
	Source   bool // response as it came
	Shot     bool
	ShotWhy  string // why there is none
	Media    int    // taken
	Missing  int    // not taken
	Metadata bool   // headers and what the page says of itself
	Context  bool   // the listing, the page around it
	Operator bool   // collection data are kept
}

// Minimum says which parts of the court minimum are there, and which are not, with the
// reason: "screenshot: no browser".
func Minimum(f Facts) (parts, lacks []string) {
	put := func(name string, ok bool, why string) {
		if ok {
			parts = append(parts, name)
		} else {
			lacks = append(lacks, name+": "+why)
		}
	}
	put("address", f.Address, "none is known")
	put("source", f.Source, "only the listing's own bytes were taken")
	why := f.ShotWhy
	if why == "" {
		why = "not asked for"
	}
	put("screenshot", f.Shot, why)
	media := "some could not be taken"
	if f.Media == 0 && f.Missing > 0 {
		media = "none could be taken"
	}
	put("media", f.Missing == 0, media)
	put("metadata", f.Metadata, "none came with it")
	put("context", f.Context, "taken alone")
	put("collection", f.Operator, "not kept")
	put("hash", true, "")
	return parts, lacks
}

// Hollow names the signs that a capture holds something else than what was to be captured,
// the gravest first.
func Hollow(p Page) []Finding {
	j := newJudge(p)
	var out []Finding
	for _, rule := range []func(*judge) (Finding, bool){status, botCheck, blocked, login, consent, paywall, parked, missing, fault, shell, home, field, other, tiny} {
		if f, ok := rule(j); ok && !slices.ContainsFunc(out, func(x Finding) bool { return x.Kind == f.Kind }) {
			out = append(out, f)
		}
	}
	if len(out) > 1 { // what is only small says no more than why it is so
		out = slices.DeleteFunc(out, func(f Finding) bool { return f.Kind == Tiny || f.Kind == Shell && out[0].Kind != Shell })
	}
	return out
}
