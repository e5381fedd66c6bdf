//go:build eval

package witness_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

// The consistency vectors of transparency-dev/merkle, put to a witness as two submissions:
// it cosigns the second just where the proof is good.
func TestEvalConsistencyVectors(t *testing.T) {
	root := os.Getenv("SVIDOK_DATA")
	if root == "" {
		t.Fatal("SVIDOK_DATA must name the folder of the shared data")
	}
	signer, key := pair(t, origin, 1)
	good, bad, unsent := 0, 0, 0
	err := filepath.WalkDir(filepath.Join(root, "fixtures", "tlog", "consistency"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		p, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var v struct {
			Size1, Size2 int64
			Root1, Root2 []byte
			Proof        [][]byte
			WantErr      bool
		}
		if err := json.Unmarshal(p, &v); err != nil {
			unsent++ // a size beyond what a checkpoint can say
			return nil
		}
		line := []evidence.Hash{}
		for _, h := range append(v.Proof, v.Root1, v.Root2) {
			if len(h) != len(evidence.Hash{}) {
				unsent++ // cannot be written
				return nil
			}
			line = append(line, evidence.Hash(h))
		}
		signed := func(size int64, root evidence.Hash) []byte {
			b, err := proof.Sign(proof.Checkpoint{Origin: origin, Size: size, Root: root}, signer)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		n := len(v.Proof)
		w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: key})
		if _, err := w.Add(t.Context(), witness.Submission(0, nil, signed(v.Size1, line[n]))); err != nil && v.Size1 > 0 {
			t.Fatalf("%s: %v", path, err)
		}
		_, err = w.Add(t.Context(), witness.Submission(v.Size1, line[:n], signed(v.Size2, line[n+1])))
		if (err != nil) != v.WantErr {
			t.Errorf("%s: %v, want an error: %v", path, err, v.WantErr)
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
	t.Logf("%d good vectors, %d bad, %d that cannot be sent", good, bad, unsent)
}
