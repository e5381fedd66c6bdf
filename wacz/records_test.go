package wacz

import "testing"

// As getSurt of warcio.js gives them, which looks them up in replayweb.page.
func TestSearchableURL(t *testing.T) {
	for uri, want := range map[string]string{
		"https://www.News.example/Story?b=2&a=1":  "example,news)/story?a=1&b=2",
		"http://example.org":                      "org,example)/",
		"https://www2.example.org:8443/A%20b?x":   "org,example:8443)/a%20b?x",
		"http://127.0.0.1:80/q?":                  "1,0,0,127)/q",
		"http://[::1]:8080/a":                     "[::1]:8080)/a",
		"urn:view:https://a.example/":             "urn:view:https://a.example/",
		"https://example.org/b?z&a=%C3":           "org,example)/b?a=%c3&z",
		"https://wwwnews.example/":                "example,wwwnews)/",
		"https://xn--e1afmkfd.example/%D1%88?q=1": "example,xn--e1afmkfd)/%d1%88?q=1",
	} {
		if got := searchable(uri); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}
