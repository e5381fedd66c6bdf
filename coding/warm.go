package coding

import (
	"svidok/classifier"
	"svidok/evidence"
	"svidok/figures"
	"svidok/origins"
	"svidok/places"
	"svidok/when"
	"svidok/words"
)

// Warm begins to unpack, beside the caller, what the first text would wait for: the
// gazetteer, the dictionaries, the register and the models. It returns at once; calling it
// is never needed.
func Warm() {
	day := evidence.Date{From: "2024-05-31", To: "2024-05-31", Precision: "day"}
	text := func() *words.Cut {
		c := new(words.Cut)
		c.Read("У Мелітополі 3 травня 2024 року, за даними ГУР, забрали 20 чоловіків.")
		return c
	}
	for _, f := range [...]func(){
		func() { places.Default().Find(text(), "", places.Hint{}) },
		func() { words.Lemmas("uk") },
		func() { words.Lemmas("ru") },
		func() { embedded() },
		func() { classifier.NewReader() },
		func() {
			when.Find(nil, text(), day)
			origins.Find(nil, text(), origins.Document{})
			figures.Find(nil, figures.Context{Cut: text(), Language: "uk"})
		},
	} {
		go f()
	}
}
