// Package standards compares how a case and an item of it are kept with what two documents
// ask for:
//
//   - B: Berkeley Protocol on Digital Open Source Investigations (OHCHR and Human Rights
//     Center, UC Berkeley, HR/PUB/20/2, 2020), chapters IV to VI and the annexes;
//   - C: Documenting international crimes and human rights violations for accountability
//     purposes: guidelines for civil society organisations (Eurojust, Genocide Network and
//     the Office of the Prosecutor of the ICC, 2022).
//
// Each [Duty] is met, met in part, not met, or not ours: something that people do and no
// program can see. The reason names what was counted. Nothing here is a legal opinion, and
// "met" speaks of this one duty, never of whether a court will admit something.
//
// Values in, values out: the facts are gathered by whoever asks.
package standards

import "time"

// Standing is how a duty stands.
type Standing string

// The standings.
const (
	Met     Standing = "met"
	Part    Standing = "part"
	NotMet  Standing = "not-met"
	NotOurs Standing = "not-ours"
)

// Duty is one duty and how it stands.
type Duty struct {
	ID       string // stable: "B.collection.address"
	Standing Standing
	Reason   string // key of a sentence of [Words.Reason]
	Args     []any  // its numbers and dates
}

// Case is what must be known of a case.
type Case struct {
	Now        time.Time
	Reports    int
	Unreadable int // of them
	Coded      int
	Takings    int            // captures by the collector
	Sampled    int            // of them, those that Parts counts: the latest
	Parts      map[string]int // of the court minimum, in how many takings
	Hollow     int            // doubtful takings
	Searches   int

	Unstamped   int64 // entries that wait for a time-stamp
	Stamped     int64 // entries that two authorities vouch for
	Late        bool  // some have waited for more than an hour
	Authorities int   // configured
	Witnesses   int   // configured
	Contradicts int   // witnesses that know another log
	Cosigned    bool  // a quorum follows us

	Mirrored time.Time // last time; zero: never
	Swept    time.Time
	Damaged  int64 // found by the last sweep
	Sealed   bool  // encrypted at rest
	Accounts int   // active
	Forms    map[string]bool
	Assessed int // reports with a preliminary assessment
	Verified int // reports with a verification form
	Graded   int // active sources with a grade and a reason
	Sources  int // active
	Releases int
	Answered int // releases whose receiver acknowledged the same root
}

// Item is what must be known of a report.
type Item struct {
	Taken     bool     // by the collector; else a person brought it
	Address   bool     // it claims one
	Parts     []string // of the court minimum
	Lacks     []string // "screenshot: no browser"
	Hollow    []string
	Readable  bool
	Read      bool
	Converted int  // documented conversions: readings
	Custody   int  // entries of the ledger about it
	Stamps    int  // authorities that vouch for its entry
	Others    int  // captures of the same address by other observers
	Assessed  bool // a preliminary assessment form
	Verified  bool // a verification form
	Origins   int  // whom it has something from
}

// recently is how old a mirror or a sweep may be.
const recently = 31 * 24 * time.Hour

// share says how a duty stands that n of all fulfil.
func share(n, all int) Standing {
	switch {
	case all == 0 || n == 0:
		return NotMet
	case n < all:
		return Part
	}
	return Met
}

// OfCase judges a case, in the order of the documents.
func OfCase(c Case) []Duty {
	var out []Duty
	out = append(out, prepared(c)...)
	out = append(out, collected(c)...)
	out = append(out, preserved(c)...)
	out = append(out, verified(c)...)
	return append(out, civil(c)...)
}

func prepared(c Case) []Duty {
	form := func(id, name string) Duty {
		if c.Forms[name] {
			return Duty{ID: id, Standing: Met, Reason: "form-there"}
		}
		return Duty{ID: id, Standing: NotMet, Reason: "form-missing"}
	}
	out := []Duty{
		form("B.preparation.risk", "risk"),
		form("B.preparation.landscape", "landscape"),
		form("B.preparation.plan", "plan"),
		{ID: "B.preparation.minimisation", Standing: Met, Reason: "minimised"},
	}
	log := Duty{ID: "B.inquiry.search-log", Standing: Met, Reason: "searches", Args: []any{c.Searches}}
	if c.Searches == 0 {
		log.Standing, log.Reason, log.Args = NotMet, "no-searches", nil
	}
	assessed := Duty{ID: "B.assessment.preliminary", Standing: share(c.Assessed, c.Reports), Reason: "assessed", Args: []any{c.Assessed, c.Reports}}
	return append(out, log, assessed)
}

// collected are the parts of a capture (chapter VI, collection).
func collected(c Case) []Duty {
	var out []Duty
	for _, p := range MinimumParts() {
		d := Duty{ID: "B.collection." + p, Reason: "captures", Args: []any{c.Parts[p], c.Sampled}}
		switch {
		case c.Takings == 0:
			d.Standing, d.Reason, d.Args = NotOurs, "brought", []any{c.Reports}
			if p == "hash" {
				d.Standing, d.Reason, d.Args = Met, "hashed", nil
			}
		default:
			d.Standing = share(c.Parts[p], c.Sampled)
		}
		out = append(out, d)
	}
	hollow := Duty{ID: "B.collection.hollow", Standing: Met, Reason: "no-hollow"}
	if c.Hollow > 0 {
		hollow = Duty{ID: "B.collection.hollow", Standing: Part, Reason: "hollow", Args: []any{c.Hollow, c.Takings}}
	}
	return append(out, hollow)
}

// MinimumParts are the parts of the court minimum of a capture, in the order of the
// protocol.
func MinimumParts() []string {
	return []string{"address", "source", "screenshot", "media", "metadata", "context", "collection", "hash"}
}

func preserved(c Case) []Duty {
	authentic := Duty{ID: "B.preservation.authenticity", Standing: Met, Reason: "stamped", Args: []any{c.Authorities}}
	switch {
	case c.Contradicts > 0:
		authentic = Duty{ID: authentic.ID, Standing: NotMet, Reason: "contradicted", Args: []any{c.Contradicts}}
	case c.Authorities < 2:
		authentic = Duty{ID: authentic.ID, Standing: Part, Reason: "authorities", Args: []any{c.Authorities}}
	case c.Unstamped > 0 && (c.Late || c.Stamped == 0):
		authentic = Duty{ID: authentic.ID, Standing: Part, Reason: "unstamped", Args: []any{c.Unstamped}}
	}
	render := Duty{ID: "B.preservation.renderability", Standing: Met, Reason: "all-read"}
	if c.Unreadable > 0 {
		render = Duty{ID: render.ID, Standing: Part, Reason: "unreadable", Args: []any{c.Unreadable, c.Reports}}
	}
	return []Duty{
		untouched("B.preservation.original", "original", c),
		{ID: "B.preservation.custody", Standing: Met, Reason: "ledger"},
		{ID: "B.preservation.copies-apart", Standing: Met, Reason: "apart"},
		authentic,
		fresh("B.preservation.availability", c.Mirrored, c.Now, "mirrored", "mirror-old", "no-mirror"),
		{ID: "B.preservation.identity", Standing: Met, Reason: "named"},
		persistence(c),
		render,
		{ID: "B.preservation.understandability", Standing: Part, Reason: "understood", Args: []any{c.Coded, c.Reports}},
		storage("B.preservation.storage", c),
	}
}

// fresh judges something that must have been done lately.
func fresh(id string, at, now time.Time, good, old, never string) Duty {
	switch {
	case at.IsZero():
		return Duty{ID: id, Standing: NotMet, Reason: never}
	case now.Sub(at) > recently:
		return Duty{ID: id, Standing: Part, Reason: old, Args: []any{at}}
	}
	return Duty{ID: id, Standing: Met, Reason: good, Args: []any{at}}
}

// untouched judges what holds as long as no damage was found.
func untouched(id, reason string, c Case) Duty {
	if c.Damaged > 0 {
		return Duty{ID: id, Standing: NotMet, Reason: "damaged", Args: []any{c.Damaged}}
	}
	return Duty{ID: id, Standing: Met, Reason: reason}
}

func persistence(c Case) Duty {
	d := fresh("B.preservation.persistence", c.Swept, c.Now, "swept", "sweep-old", "no-sweep")
	if c.Damaged > 0 {
		d.Standing, d.Reason, d.Args = NotMet, "damaged", []any{c.Damaged}
	}
	return d
}

func storage(id string, c Case) Duty {
	switch {
	case c.Sealed && !c.Mirrored.IsZero():
		return Duty{ID: id, Standing: Met, Reason: "storage"}
	case c.Sealed:
		return Duty{ID: id, Standing: Part, Reason: "one-copy"}
	}
	return Duty{ID: id, Standing: NotMet, Reason: "unsealed"}
}

func verified(c Case) []Duty {
	source := Duty{ID: "B.verification.source", Standing: share(c.Graded, c.Sources), Reason: "graded", Args: []any{c.Graded, c.Sources}}
	if c.Sources == 0 {
		source.Standing, source.Reason, source.Args = NotOurs, "no-sources", nil
	}
	content := Duty{ID: "B.verification.content", Standing: share(c.Verified, c.Reports), Reason: "verified", Args: []any{c.Verified, c.Reports}}
	technical := content
	technical.ID = "B.verification.technical"
	witnesses := Duty{ID: "B.preservation.witnesses", Standing: NotMet, Reason: "no-witness"}
	if c.Witnesses > 0 {
		witnesses = Duty{ID: witnesses.ID, Standing: Part, Reason: "witness-behind", Args: []any{c.Witnesses}}
		if c.Cosigned {
			witnesses = Duty{ID: witnesses.ID, Standing: Met, Reason: "witnessed"}
		}
	}
	return []Duty{witnesses, source, technical, content}
}

func civil(c Case) []Duty {
	inventory := Duty{ID: "C.inventory", Standing: NotOurs, Reason: "no-release"}
	if c.Releases > 0 {
		inventory = Duty{ID: "C.inventory", Standing: share(c.Answered, c.Releases), Reason: "answered", Args: []any{c.Answered, c.Releases}}
		if inventory.Standing == NotMet {
			inventory.Standing = Part // the inventory is in every dossier; nobody answered
		}
	}
	access := Duty{ID: "C.access", Standing: Met, Reason: "accounts", Args: []any{c.Accounts}}
	if c.Accounts < 2 {
		access = Duty{ID: "C.access", Standing: Part, Reason: "one-account", Args: []any{c.Accounts}}
	}
	return []Duty{
		untouched("C.originals", "untouched", c),
		inventory,
		storage("C.security", c),
		access,
		{ID: "C.consent", Standing: NotOurs, Reason: "consent"},
		{ID: "C.do-no-harm", Standing: NotOurs, Reason: "harm"},
	}
}
