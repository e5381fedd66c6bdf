package web

// Sheet returns the pattern of every route.
func Sheet() []string {
	var out []string
	for _, r := range (&desk{}).routes() {
		out = append(out, r.pattern)
	}
	return out
}
