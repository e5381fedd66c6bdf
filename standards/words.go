package standards

import (
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"svidok/evidence"
)

//go:embed words/*.json
var files embed.FS

// Words are the names of duties and reasons in one language.
type Words struct {
	Duties  map[string]string `json:"duties"`
	Reasons map[string]string `json:"reasons"`
	States  map[string]string `json:"states"`
	Forms   map[string]Form   `json:"forms"`
}

// Form is a form of the method with its questions.
type Form struct {
	Name   string     `json:"name"`
	About  string     `json:"about"`
	Fields []Question `json:"fields"`
}

// Question is one field of a form.
type Question struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// WordsOf returns the words in uk, en or ru.
func WordsOf(language string) (Words, error) {
	b, err := files.ReadFile("words/" + language + ".json")
	if err != nil {
		return Words{}, fmt.Errorf("words of the standards in %q: %w", language, evidence.ErrUsage)
	}
	var w Words
	if err := json.Unmarshal(b, &w); err != nil {
		return Words{}, fmt.Errorf("words of the standards in %s: %w: %w", language, evidence.ErrFormat, err)
	}
	return w, nil
}

// Duty is the name of a duty.
func (w Words) Duty(d Duty) string { return w.Duties[d.ID] }

// State is the name of a standing.
func (w Words) State(d Duty) string { return w.States[string(d.Standing)] }

// Reason is why a duty stands as it does.
func (w Words) Reason(d Duty) string {
	form, ok := w.Reasons[d.Reason]
	if !ok {
		return d.Reason
	}
	args := make([]any, len(d.Args))
	for i, a := range d.Args {
		if t, ok := a.(time.Time); ok {
			a = t.UTC().Format("2006-01-02 15:04 UTC")
		}
		args[i] = a
	}
	return fmt.Sprintf(form, args...)
}
