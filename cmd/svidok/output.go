package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"svidok/evidence"
)

// rows writes results: with --json one object a line, else one line of words.
type rows struct {
	w    *bufio.Writer
	enc  *json.Encoder
	json bool
}

func (c *call) rows() *rows {
	w := bufio.NewWriterSize(c.Out, 64<<10)
	enc := json.NewEncoder(quiet{w})
	enc.SetEscapeHTML(false)
	return &rows{w: w, enc: enc, json: c.json}
}

// put writes one row: object for machines, words for people, in which nothing foreign is
// obeyed by a terminal. Rows appear at once, so that a receipt is seen when it is given.
func (r *rows) put(object any, words string, args ...any) error {
	var err error
	if r.json {
		err = r.enc.Encode(object)
	} else {
		_, err = fmt.Fprintf(r.w, words+"\n", visible(args)...)
	}
	if err == nil {
		err = r.w.Flush()
	}
	if err != nil {
		return fmt.Errorf("write a row: %w", err)
	}
	return nil
}

// progress shows how far a long act is: a bar at a terminal, nothing elsewhere.
type progress struct {
	bar *progressbar.ProgressBar
}

func (c *call) progress(what string) *progress {
	f, ok := c.Err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &progress{}
	}
	return &progress{bar: progressbar.NewOptions64(-1, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6),
		progressbar.OptionSpinnerType(14))}
}

// set says that done of total are done; total < 0: nobody knows.
func (p *progress) set(done, total int64) {
	if p.bar == nil {
		return
	}
	if total > 0 && p.bar.GetMax64() != total {
		p.bar.ChangeMax64(total)
	}
	_ = p.bar.Set64(done) // a bar that cannot be drawn is no reason to stop
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// words says something to the person, apart from the results.
func (c *call) words(key string, args ...any) {
	fmt.Fprintln(c.Err, c.say.f(key, visible(args)...))
}

// hint says what the person may do about an error that was told, if it has a hint of its own.
func (c *call) hint(err error) {
	if h := c.say.hintOf(err); h != "" {
		fmt.Fprintf(c.Err, "  → %s\n", evidence.Visible(h))
	}
}

// password reads a password from the environment, or asks at the terminal.
func (c *call) password(prompt string) (string, error) {
	if p := c.Getenv("SVIDOK_PASSWORD"); p != "" {
		return p, nil
	}
	f, ok := c.In.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", evidence.WithHint(fmt.Errorf("%s: %w", c.say.s("no-password"), evidence.ErrUsage), "%s", c.say.s("set-password"))
	}
	fmt.Fprint(c.Err, prompt+": ")
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(c.Err)
	if err != nil {
		return "", fmt.Errorf("read a password: %w", err)
	}
	return string(b), nil
}

// lines calls f with each line of r that is not empty.
func lines(r io.Reader, f func(n int, line string) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for n := 1; s.Scan(); n++ {
		if text := strings.TrimSpace(s.Text()); text != "" {
			if err := f(n, text); err != nil {
				return err
			}
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("read lines: %w", err)
	}
	return nil
}
