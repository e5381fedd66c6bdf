package evidence

import (
	"errors"
	"fmt"
)

// The sentinels. Each tells the caller what to do; wrap them with %w, the act and
// the thing.
var (
	// ErrFormat: the bytes are not what they should be. Do not retry; name the place.
	ErrFormat = errors.New("malformed")
	// ErrTampered: bytes do not match their hash, proof or signature. Stop and tell a person.
	ErrTampered = errors.New("altered")
	// ErrNotFound: there is no such thing here.
	ErrNotFound = errors.New("not found")
	// ErrRefused: a rule of the house forbids the act (same person twice, no role, no
	// anchor). Tell the person why; do not retry.
	ErrRefused = errors.New("refused")
	// ErrUsage: the call itself is wrong. Exit code 2.
	ErrUsage = errors.New("wrong usage")
	// ErrPartial: some of it was done and kept; the rest was named. Exit code 3.
	ErrPartial = errors.New("done in part")
	// ErrBusy: another process holds the case. Wait, or do it there.
	ErrBusy = errors.New("busy")
	// ErrLimit: the input is beyond a limit of size, depth or expansion.
	ErrLimit = errors.New("over a limit")
	// ErrFull: no space left on the device. Nothing receipted was lost; make room and repeat.
	ErrFull = errors.New("no space left")
)

// Hinted is an error with a next step for the person at the desk.
type Hinted struct {
	Err    error
	Hint   string
	format string // what the hint says in any language is known by this
	args   []any
}

func (h *Hinted) Error() string { return h.Err.Error() }
func (h *Hinted) Unwrap() error { return h.Err }

// WithHint adds a next step to err; nil stays nil.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Hinted{Err: err, Hint: fmt.Sprintf(format, args...), format: format, args: args}
}

// HintIn returns the outermost hint of err in another language, or "". translate gets the hint
// before its arguments are filled in, and gives it back where it knows no other words.
func HintIn(err error, translate func(format string) string) string {
	h, ok := errors.AsType[*Hinted](err)
	if !ok {
		return ""
	}
	return fmt.Sprintf(translate(h.format), h.args...)
}

// HintOf returns the outermost hint of err, or "".
func HintOf(err error) string {
	if h, ok := errors.AsType[*Hinted](err); ok {
		return h.Hint
	}
	return ""
}
