package places

import "svidok/words"

// Roles of a mention: what the place is to the text.
const (
	RoleAct     = "act"     // where what is told happened or is to happen, or where those it is told of are from
	RoleByline  = "byline"  // dateline, or the city of the publisher
	RoleSpeaker = "speaker" // part of an office: the mayor of Mariupol
	RoleBody    = "body"    // part of the name of a body or outlet: Luhansk regional military administration
)

// Kinds of a mention: by what sort of word the place is named.
const (
	KindSettlement = "settlement" // the name itself
	KindArea       = "area"       // oblast, raion, hromada, Crimea, Donbas
	KindAdjective  = "adjective"  // мелітопольський
	KindDemonym    = "demonym"    // мелітополець
	KindRegime     = "regime"     // ДНР, "Republic of Crimea": stands for the oblast
	KindForeign    = "foreign"    // a place outside Ukraine
)

// Mention is one place named in a text.
type Mention struct {
	Start, End int      // bytes of the name in the text, without a kind word
	Kind       string   // one of the Kind constants
	Place      *Place   // nil: outside Ukraine, or several places bear the name and nothing tells which
	Foreign    string   // "RU" or "foreign" where it lies outside Ukraine, else ""
	Role       string   // one of the Role constants
	Why        string   // why this place was chosen, in plain English
	Others     []*Place // what else it might be, likeliest first, at most five
}

// Hint is what is known of a text beside its words.
type Hint struct {
	From, To string // days that the text speaks of, ISO dates, inclusive; "" unknown
}

// Find gives the places named in a text, in order, without overlap. The title is no part
// of the text; what it names helps to choose. Time is linear in the text.
func (g *Gazetteer) Find(c *words.Cut, title string, hint Hint) []Mention {
	return nil
}
