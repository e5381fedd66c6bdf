package witness

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"svidok/evidence"
)

// parseSize reads a size: ASCII decimal, no sign, no leading zero.
func parseSize(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("size %.40q: %w", s, errUnread)
	}
	return n, nil
}

// parsePath reads hashes in base64, a line each.
func parsePath(lines []string) ([]evidence.Hash, error) {
	path := make([]evidence.Hash, len(lines))
	for i, l := range lines {
		raw, err := base64.StdEncoding.Strict().DecodeString(l)
		if err != nil || len(raw) != len(path[i]) {
			return nil, fmt.Errorf("proof line %d: %w", i+1, errUnread)
		}
		path[i] = evidence.Hash(raw)
	}
	return path, nil
}

func appendPath(out []byte, path []evidence.Hash) []byte {
	for _, h := range path {
		out = append(base64.StdEncoding.AppendEncode(out, h[:]), '\n')
	}
	return out
}
