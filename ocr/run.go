package ocr

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"svidok/evidence"
)

// work is a private folder in which programs run.
type work struct{ folder string }

func newWork() (*work, error) {
	folder, err := os.MkdirTemp("", "svidok-ocr-")
	if err != nil {
		return nil, err
	}
	return &work{folder}, nil
}

func (w *work) remove() { _ = os.RemoveAll(w.folder) } // nothing runs there any more

func (w *work) put(name string, b []byte) (string, error) {
	path := filepath.Join(w.folder, name)
	return path, os.WriteFile(path, b, 0o600)
}

// said is what a program wrote.
type said struct{ out, err []byte }

// keep keeps what is written, up to a limit; beyond it the writer is told to stop.
type keep struct {
	b    []byte
	most int
	over bool
	soft bool // beyond the limit it is only forgotten
}

func (k *keep) Write(p []byte) (int, error) {
	room := k.most - len(k.b)
	if len(p) > room {
		k.b = append(k.b, p[:room]...)
		if k.soft {
			return len(p), nil
		}
		k.over = true
		return room, errors.New("too much is written")
	}
	k.b = append(k.b, p...)
	return len(p), nil
}

// run runs a program to its end, bounded.
func (w *work) run(ctx context.Context, most time.Duration, program string, args ...string) (said, error) {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	command, args := bounded(most, program, args)
	cmd := exec.CommandContext(limited, command, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = w.folder, w.environment(), 2*time.Second
	apart(cmd)
	cmd.Cancel = func() error { return killed(cmd) }
	out, errs := &keep{most: maxOutput}, &keep{most: 64 << 10, soft: true}
	cmd.Stdout, cmd.Stderr = out, errs
	err := cmd.Run()
	name := filepath.Base(program)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case limited.Err() != nil:
		err = fmt.Errorf("%s was not done within %v: %w", name, most, evidence.ErrLimit)
	case out.over:
		err = fmt.Errorf("%s wrote over %d MiB: %w", name, maxOutput>>20, evidence.ErrLimit)
	case err != nil:
		if _, ended := errors.AsType[*exec.ExitError](err); ended {
			err = fmt.Errorf("%s: %v: %s: %w", name, err, clipped(string(errs.b)), evidence.ErrFormat)
		} else {
			err = fmt.Errorf("run %s: %w", name, err)
		}
	}
	return said{out.b, errs.b}, err
}

// bounded gives the command that runs a program with bounded memory, processor time and file
// size, where there is a POSIX shell.
func bounded(most time.Duration, program string, args []string) (string, []string) {
	const shell = "/bin/sh"
	if _, err := os.Stat(shell); runtime.GOOS == "windows" || err != nil {
		return program, args
	}
	script := fmt.Sprintf(`ulimit -c 0; ulimit -v %d 2>/dev/null; ulimit -t %d 2>/dev/null; ulimit -f %d 2>/dev/null; exec "$0" "$@"`, memoryKiB, int(most/time.Second)+1, fileBlocks)
	return shell, append([]string{"-c", script, program}, args...)
}

// environment is what the programs need to know: where they keep their models.
func (w *work) environment() []string {
	if runtime.GOOS == "windows" {
		return os.Environ() // much of it is needed there
	}
	env := []string{"HOME=" + w.folder, "TMPDIR=" + w.folder, "LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1"}
	for _, name := range []string{"PATH", "TESSDATA_PREFIX"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// beyond: pdftoppm says that there is no such page.
func beyond(said []byte) bool { return bytes.Contains(said, []byte("Wrong page range")) }

var errNoPage = fmt.Errorf("there is no such page: %w", evidence.ErrNotFound)

// page recognises one page of a PDF.
func (p Program) page(ctx context.Context, w *work, in string, n int) (Page, error) {
	if n < 1 || n > 1_000_000 {
		return Page{}, errNoPage
	}
	no, out := strconv.Itoa(n), filepath.Join(w.folder, "page")
	said, err := w.run(ctx, p.most, p.PDFToPPM, "-f", no, "-l", no, "-scale-to", strconv.Itoa(longSide), "-gray", "-png", "-singlefile", in, out)
	path := out + ".png"
	defer os.Remove(path) // the folder goes in any case
	b, missing := os.ReadFile(path)
	switch {
	case errors.Is(missing, os.ErrNotExist) && beyond(said.err):
		return Page{}, errNoPage
	case err != nil:
		return Page{}, err
	case missing != nil:
		return Page{}, fmt.Errorf("no picture could be made: %s: %w", clipped(string(said.err)), evidence.ErrFormat)
	}
	page, err := p.picture(ctx, w, b, "image/png")
	page.Number = n
	return page, err
}
