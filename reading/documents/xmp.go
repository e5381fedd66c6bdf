package documents

import "strings"

// xmp reads an XMP packet (ISO 16684-1): simple properties and the items of lists.
func (d *Document) xmp(b []byte) {
	var path []string
	value := ""
	put := func(name, v string) {
		if keep, sensitive := xmpName(name); keep && len(d.Details) < maxDetails {
			d.add("xmp."+name, v, sensitive)
		}
	}
	err := walk(b, handler{
		open: func(n node) bool {
			path = append(path, n.space+":"+n.name)
			value = ""
			for _, a := range n.attrs {
				put(a.Name.Space+":"+a.Name.Local, a.Value)
			}
			return true
		},
		text: func(s string) {
			if len(value) < maxDetail {
				value += s
			}
		},
		close: func(string) {
			for i := len(path) - 1; i >= 0 && i >= len(path)-4; i-- {
				if !strings.HasPrefix(path[i], "rdf:") {
					put(path[i], value)
					break
				}
			}
			value, path = "", path[:max(0, len(path)-1)]
		},
	})
	if err != nil && len(b) > 0 {
		d.Problems = append(d.Problems, "its XMP metadata are not well-formed: as far as they could be read")
	}
}

// xmpName: which properties are kept, and which name a person, place or device.
func xmpName(name string) (keep, sensitive bool) {
	prefix, local, _ := strings.Cut(name, ":")
	switch prefix {
	case "xmp", "pdf", "tiff", "photoshop", "xmpMM":
		switch local {
		case "Author", "Artist", "AuthorsPosition", "CaptionWriter", "City", "State", "Country", "Credit", "Source":
			return true, true
		case "History", "DerivedFrom", "Ingredients", "Thumbnails", "DocumentAncestors", "Pantry", "TextLayers":
			return false, false
		}
		return true, false
	case "dc", "exif", "aux", "exifEX", "Iptc4xmpCore", "Iptc4xmpExt", "xmpRights", "GPano", "mwg-rs":
		return true, name != "dc:format" && name != "dc:language" && name != "exif:DateTimeOriginal" && name != "exif:ColorSpace"
	}
	return false, false
}
