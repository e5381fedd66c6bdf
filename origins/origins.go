// Package origins finds who a text says it has something from, and resolves it to a
// register of bodies and outlets.
//
// # What is an origin
//
// An origin is whom a text names as the source of what it tells: the subject of a verb
// of saying ("ГУР повідомило"), the object of a phrase of citing ("за даними ГУР",
// "according to HUR"), the owner of a named report, a speaker before or after a quoted
// passage, a heading ("Джерело: ГУР", "ГУР: …", "… — ГУР"). A body that merely acts
// ("ФСБ затримала", "ГУР завдало удару") is none. Who denies something is the origin of
// the denial. An occupier who is quoted is an origin like any other; the register says
// on whose side.
//
// Nor is who is told something, who speaks to somebody in the story ("the officer told
// him to sign"), or what is called up. "The agency", "the press service" stand for the body
// that the text named last, "the regional administration" for that of the region named
// last; an occupier's office with its region for that region's. A text in the first person
// is its witness's, where nobody else says it.
//
// # Roots and relays
//
// Where X reports and names Y as its source, Y is the root and X the relay; a chain may
// have any length. [Mention.Via] leads from a mention to the one that relays it. An
// outlet to which somebody speaks ("розповів Суспільному", "told Reuters") relays.
//
// # What an origin governs
//
// [Mention.Lo] and [Mention.Hi] bound the text that is attributed: a clause where one
// sentence has two speakers, else the sentence; the whole of a quoted passage; the
// whole report, if the sentence says nothing but whence the report is ("Про це
// повідомляє ГУР"). "He added", "за її словами" and a surname on its own go on with the
// speaker before.
//
// # People
//
// A person is known by public office alone: "речник ГУР Андрій …" is the body, HUR.
// Private speakers are "witness", "residents", "relatives" and so on. No Name holds the
// name of a person: the words of the text are found by Start and End.
//
// # The register
//
// register.txt says in its head how it is written, and lexicon.txt holds the words of
// attribution. Case forms are made by rule. Both may be extended without a programmer.
package origins

// Body is one row of the register: a body, an outlet or an office.
type Body struct {
	ID      string   // stable slug
	Kind    string   // body, outlet, ngo, office
	Country string   // UA, RU, … or INT
	Side    string   // ua-state, ua-ngo, ua-media, ru-state, ru-proxy, ru-media, ru-media-exile, ru-ngo, intl, intl-ngo, intl-media
	Parent  string   // slug of the body it belongs to, or ""
	Names   []string // English: the first is the canonical name, the others are aliases
	NamesUK []string
	NamesRU []string
}

// Document is what the text claims about itself, as far as known.
type Document struct {
	Title    string
	Outlet   string
	Language string
}

// Roles of a mention in its chain.
const (
	Root  = "root"  // where the chain begins
	Relay = "relay" // passes on what a root says
)

// Mention is one place where a text names an origin.
type Mention struct {
	// ID is the slug of the register; or of an unnamed kind (witness, residents,
	// relatives, anonymous, own, occupation, activists, expert, official, captives,
	// social, unnamed-channel, unnamed-outlet, document, person); or "" for a body,
	// outlet or channel that the register does not hold.
	ID         string
	Name       string // canonical English name; as written where ID is ""
	Kind       string // body, outlet, ngo, office, witness, anonymous, own, social, document
	Start, End int    // bytes of the words that name it
	Lo, Hi     int    // bytes of the text that it governs
	Role       string // Root or Relay
	Via        int    // index of the mention that relays this one, or -1
}

// Own is the origin of what a text does not attribute.
const Own = "own"
