//go:build eval

package ledger

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"svidok/evidence"
	"svidok/proof"
)

// vectors calls judge with every proof vector in a folder of the shared data; judge
// returns nil where it accepts the proof.
func vectors(t *testing.T, folder string, judge func(v vector) error) {
	root := os.Getenv("SVIDOK_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	good, bad := 0, 0
	err := filepath.WalkDir(filepath.Join(root, "fixtures", "tlog", folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		p, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var v vector
		if err := json.Unmarshal(p, &v); err != nil {
			return err
		}
		err = judge(v)
		if (err != nil) != v.WantErr {
			t.Errorf("%s (%s): %v, want an error: %v", filepath.Base(path), v.Desc, err, v.WantErr)
		}
		if v.WantErr {
			bad++
		} else {
			good++
		}
		return nil
	})
	if err != nil || good == 0 || bad == 0 {
		t.Fatalf("%d good vectors, %d bad, %v", good, bad, err)
	}
	t.Logf("%s: %d good vectors, %d bad", folder, good, bad)
}

// vector is one test vector; hashes are base64, and may have any length in bad ones.
type vector struct {
	LeafIdx, TreeSize, Size1, Size2 uint64
	Root, Root1, Root2, LeafHash    []byte
	Proof                           [][]byte
	Desc                            string
	WantErr                         bool
}

// path converts a proof and the hashes that go with it. A hash of another length than 32
// bytes is refused in a proof, as a reader of proofs would. Of the others one that is too
// long or empty is refused too; one that is too short (some vectors have words there, and may have the
// same one twice) is filled up.
func path(in [][]byte, others ...[]byte) ([]evidence.Hash, error) {
	out := make([]evidence.Hash, len(in)+len(others))
	for i, h := range append(in, others...) {
		if len(h) == 0 || len(h) > len(out[i]) || len(h) < len(out[i]) && i < len(in) {
			return nil, evidence.ErrFormat
		}
		copy(out[i][:], h)
	}
	return out, nil
}

func TestEvalInclusionVectors(t *testing.T) {
	vectors(t, "inclusion", func(v vector) error {
		p, err := path(v.Proof, v.Root, v.LeafHash)
		if err != nil {
			return err
		}
		n := len(v.Proof)
		return proof.CheckInclusion(p[:n], int64(v.TreeSize), int64(v.LeafIdx), p[n], p[n+1])
	})
}

func TestEvalConsistencyVectors(t *testing.T) {
	vectors(t, "consistency", func(v vector) error {
		p, err := path(v.Proof, v.Root1, v.Root2)
		if err != nil {
			return err
		}
		n := len(v.Proof)
		return proof.CheckConsistency(p[:n], int64(v.Size2), p[n+1], int64(v.Size1), p[n])
	})
}
