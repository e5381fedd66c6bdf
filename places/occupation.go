package places

// Answers of Occupied.
const (
	OccupiedYes     = "yes"
	OccupiedNo      = "no"
	OccupiedPartly  = "partly"
	OccupiedUnknown = "unknown"
)

type occupation struct{}

// Occupied says whether the place with this KATOTTG code was occupied on the days from..to
// (ISO dates, both inclusive): one of the Occupied constants, and why in plain English.
func (g *Gazetteer) Occupied(id, from, to string) (status, why string) {
	return OccupiedUnknown, "not yet known"
}

// EverOccupied says whether the place, or a part of it, was occupied on any day.
func (g *Gazetteer) EverOccupied(id string) bool { return false }
