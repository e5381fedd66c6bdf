package places

// Point is a place on the earth in degrees (WGS 84).
type Point struct{ Lat, Lon float64 }

// Outline is the simplified border of one oblast, special city or raion.
type Outline struct {
	ID    string // KATOTTG code
	Level Level
	Rings [][]Point // closed without repeating the first point; even-odd
}

// Outlines gives the borders of all oblasts, special cities and raions, for a map.
func (g *Gazetteer) Outlines() []Outline { return nil }
