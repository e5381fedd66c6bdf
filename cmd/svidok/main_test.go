package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"svidok/timestamp/timestamptest"
)

// The test binary is the program when it is started under this name.
func TestMain(m *testing.M) {
	if os.Getenv("SVIDOK_TEST_MAIN") == "1" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"svidok": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SVIDOK_LANG", "en")
			e.Setenv("TMPDIR", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"flip": flipByte, "pick": pickField, "export": writeExport, "accept": acceptAll,
			"channel": (&webs{all: map[string]*testWeb{}}).channel, "authorities": (&tsas{all: map[string][]*timestamptest.Authority{}}).authorities},
	})
}

// flip FILE OFFSET changes one bit of one byte; a negative offset counts from the end.
func flipByte(ts *testscript.TestScript, neg bool, args []string) {
	name := ts.MkAbs(args[0])
	matches, err := filepath.Glob(name)
	ts.Check(err)
	if len(matches) != 1 {
		ts.Fatalf("flip: %s matches %d files", args[0], len(matches))
	}
	b, err := os.ReadFile(matches[0])
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 1
	ts.Check(os.WriteFile(matches[0], b, 0o644))
}

// pick VAR FIELD FILE LINE sets a variable to a field of the JSON object in a line (from 1).
func pickField(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[3])
	ts.Check(err)
	all := strings.Split(strings.TrimSpace(ts.ReadFile(args[2])), "\n")
	if n > len(all) {
		ts.Fatalf("pick: %s has %d lines", args[2], len(all))
	}
	var row map[string]any
	ts.Check(json.Unmarshal([]byte(all[n-1]), &row))
	ts.Setenv(args[0], fmt.Sprint(row[args[1]]))
}

// export FILE COUNT writes a Telegram export of invented posts.
func writeExport(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), inventedExport(n, 1), 0o644))
}

// accept ACT IN OUT turns rows of `svidok statements --json` into lines for `svidok judge`.
func acceptAll(ts *testscript.TestScript, neg bool, args []string) {
	var out bytes.Buffer
	s := bufio.NewScanner(strings.NewReader(ts.ReadFile(args[1])))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var row struct{ ID string }
		ts.Check(json.Unmarshal(s.Bytes(), &row))
		fmt.Fprintf(&out, "{\"act\":%q,\"statement\":%q}\n", args[0], row.ID)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o644))
}

// inventedExport is a channel of n synthetic posts, a fifth of them near copies.
func inventedExport(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	words := strings.Fields("зразок річка дорога вікно школа вечір автобус сусід ринок листопад черга вода патруль документ місто окупований Луганськ Макіївка повістка чоловік перевіряти привезти станція дощ новина сьогодні вчора мешканець розповів бачив біля центру")
	var b bytes.Buffer
	b.WriteString("{\n \"name\": \"Синтетичний канал\",\n \"type\": \"public_channel\",\n \"id\": 9000000009,\n \"messages\": [\n")
	last := ""
	for i := range n {
		text := last + " ще"
		if i%5 != 4 {
			ws := make([]string, 20+r.IntN(60))
			for j := range ws {
				ws[j] = words[r.IntN(len(words))]
			}
			text = strings.Join(ws, " ") + "."
		}
		last = text
		quoted, _ := json.Marshal(text)
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "  {\n   \"id\": %d,\n   \"type\": \"message\",\n   \"date\": \"2025-10-06T09:10:00\",\n   \"date_unixtime\": \"%d\",\n   \"from\": \"Синтетичний канал\",\n   \"text\": %s\n  }", i+1, 1759731000+i*60, quoted)
	}
	b.WriteString("\n ]\n}\n")
	return b.Bytes()
}

// svidok starts the program as a process of its own.
func svidok(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "SVIDOK_TEST_MAIN=1", "SVIDOK_LANG=en")
	return cmd
}
