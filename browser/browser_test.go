package browser_test

import (
	"errors"
	"testing"
	"time"

	"svidok/browser"
	"svidok/evidence"
)

func TestNoBrowser(t *testing.T) {
	_, err := browser.Find(t.Context(), browser.Options{Program: "no-such-browser", Now: time.Now})
	if !errors.Is(err, evidence.ErrNotFound) || evidence.HintOf(err) == "" {
		t.Errorf("%v", err)
	}
}
