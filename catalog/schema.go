package catalog

// version is the layout's number; a file of another layout is made anew.
const version = 5

// schema is written in what SQLite and PostgreSQL share, but for the full-text table.
//
// Hashes are looked up by their first 64 bits as a number (columns that end in "key"),
// whose index is a quarter of one over the whole hash, and then compared whole. Rows that
// a ledger entry made have its position as their key, so that they are appended in order.
// Times are Unix milliseconds. "record" is a record as its entry refers to it.
const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE captures (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, refkey BIGINT NOT NULL, who TEXT NOT NULL,
	report BIGINT NOT NULL, parent BIGINT NOT NULL, part TEXT NOT NULL, record TEXT NOT NULL, payload BLOB, payloadkey BIGINT);
CREATE INDEX captures_payload ON captures (payloadkey) WHERE report = 0;
CREATE INDEX captures_ref ON captures (refkey);
CREATE INDEX captures_report ON captures (report) WHERE report > 0;
CREATE INDEX captures_beside ON captures (parent) WHERE report = 0 AND parent > 0;
CREATE TABLE reports (
	id INTEGER PRIMARY KEY, payload BLOB NOT NULL, payloadkey BIGINT NOT NULL, capture BIGINT NOT NULL,
	size BIGINT NOT NULL, name TEXT NOT NULL, door TEXT NOT NULL, media TEXT NOT NULL, address TEXT NOT NULL,
	within TEXT NOT NULL, outlet TEXT NOT NULL, title TEXT NOT NULL, author TEXT NOT NULL,
	published TEXT NOT NULL, dated TEXT NOT NULL, received BIGINT NOT NULL, captures BIGINT NOT NULL,
	problems TEXT NOT NULL, reading BIGINT, text BIGINT, language TEXT NOT NULL, family BIGINT);
CREATE INDEX reports_payload ON reports (payloadkey);
CREATE INDEX reports_unread ON reports (id) WHERE reading IS NULL;
CREATE INDEX reports_text ON reports (text) WHERE text IS NOT NULL;
CREATE INDEX reports_family ON reports (family) WHERE family IS NOT NULL;
CREATE INDEX reports_outlet ON reports (outlet, id);
CREATE INDEX reports_language ON reports (language, id);
CREATE INDEX reports_dated ON reports (dated) WHERE dated <> '';
CREATE TABLE readings (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, report BIGINT NOT NULL, record TEXT NOT NULL);
CREATE INDEX readings_report ON readings (report);
CREATE TABLE texts (
	id INTEGER PRIMARY KEY, hash BLOB NOT NULL, hashkey BIGINT NOT NULL, report BIGINT NOT NULL, size BIGINT NOT NULL,
	language TEXT NOT NULL, gate TEXT NOT NULL, codebook BIGINT NOT NULL, coding BIGINT NOT NULL, family BIGINT NOT NULL);
CREATE INDEX texts_hash ON texts (hashkey);
CREATE INDEX texts_uncoded ON texts (codebook, id);
CREATE INDEX texts_family ON texts (family);
CREATE INDEX texts_gate ON texts (gate);
CREATE TABLE sketches (text INTEGER PRIMARY KEY, sketch BLOB NOT NULL);
CREATE TABLE codings (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, text BIGINT NOT NULL, capture BLOB NOT NULL, codebook BLOB NOT NULL,
	coder TEXT NOT NULL, at BIGINT NOT NULL, origins TEXT NOT NULL);
CREATE INDEX codings_text ON codings (text);
CREATE TABLE figures (
	id INTEGER PRIMARY KEY, text BIGINT NOT NULL, value TEXT NOT NULL,
	first BIGINT NOT NULL, past BIGINT NOT NULL, claimant TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL);
CREATE INDEX figures_text ON figures (text);
CREATE TABLE statements (
	id INTEGER PRIMARY KEY, name TEXT NOT NULL, namekey BIGINT NOT NULL, text BIGINT NOT NULL, capture BLOB,
	code TEXT NOT NULL, modality TEXT NOT NULL, gate TEXT NOT NULL, sensitivity TEXT NOT NULL, language TEXT NOT NULL,
	quote TEXT NOT NULL, first BIGINT NOT NULL, past BIGINT NOT NULL, place TEXT NOT NULL, happened TEXT NOT NULL,
	since TEXT NOT NULL, until TEXT NOT NULL,
	replaces TEXT NOT NULL, because TEXT NOT NULL, places TEXT NOT NULL, said TEXT NOT NULL, heard TEXT NOT NULL,
	machine BIGINT NOT NULL, suggestion TEXT NOT NULL, standing TEXT NOT NULL, coder TEXT NOT NULL, reviewer TEXT NOT NULL, last BLOB);
CREATE INDEX statements_name ON statements (namekey);
CREATE INDEX statements_text ON statements (text);
CREATE INDEX statements_standing ON statements (standing, id);
CREATE INDEX statements_code ON statements (code);
CREATE INDEX statements_since ON statements (since) WHERE since <> '';
CREATE TABLE spots (id INTEGER PRIMARY KEY, text BIGINT NOT NULL, statement BIGINT NOT NULL, place TEXT NOT NULL, occupied TEXT NOT NULL);
CREATE INDEX spots_text ON spots (text);
CREATE INDEX spots_statement ON spots (statement);
CREATE INDEX spots_place ON spots (place, statement);
CREATE TABLE voices (id INTEGER PRIMARY KEY, text BIGINT NOT NULL, origin TEXT NOT NULL, name TEXT NOT NULL, root TEXT NOT NULL);
CREATE INDEX voices_text ON voices (text);
CREATE INDEX voices_origin ON voices (origin, text);
CREATE TABLE decisions (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, statement TEXT NOT NULL, text BIGINT NOT NULL,
	replaces TEXT NOT NULL, event TEXT NOT NULL, record TEXT NOT NULL, void TEXT NOT NULL);
CREATE INDEX decisions_replaces ON decisions (replaces) WHERE replaces <> '';
CREATE INDEX decisions_statement ON decisions (statement) WHERE statement <> '';
CREATE INDEX decisions_event ON decisions (event) WHERE event <> '';
CREATE TABLE events (
	id TEXT PRIMARY KEY, position BIGINT NOT NULL, ref BLOB NOT NULL, record TEXT NOT NULL,
	standing TEXT NOT NULL, coder TEXT NOT NULL, reviewer TEXT NOT NULL, last BLOB NOT NULL);
CREATE TABLE gatherings (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, event TEXT NOT NULL, who TEXT NOT NULL, at BIGINT NOT NULL, void TEXT NOT NULL);
CREATE INDEX gatherings_event ON gatherings (event);
CREATE TABLE gathered (event TEXT NOT NULL, place BIGINT NOT NULL, statement TEXT NOT NULL, PRIMARY KEY (event, place));
CREATE INDEX gathered_statement ON gathered (statement);
CREATE TABLE accounts (
	id TEXT PRIMARY KEY, position BIGINT NOT NULL, ref BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
	active BIGINT NOT NULL, password TEXT NOT NULL, at BIGINT NOT NULL);
CREATE TABLE enrolments (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, account TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE codebooks (seq INTEGER PRIMARY KEY, position BIGINT NOT NULL, ref BLOB NOT NULL, yaml BLOB NOT NULL, record TEXT NOT NULL);
CREATE TABLE copies (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, text BIGINT NOT NULL, other BIGINT NOT NULL,
	relation TEXT NOT NULL, similarity DOUBLE PRECISION NOT NULL, method TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX copies_text ON copies (text);
CREATE INDEX copies_other ON copies (other);
CREATE TABLE releases (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, captures BIGINT NOT NULL, texts BIGINT NOT NULL, findings BIGINT NOT NULL, record TEXT NOT NULL);
CREATE TABLE sources (id TEXT PRIMARY KEY, position BIGINT NOT NULL, ref BLOB NOT NULL, record TEXT NOT NULL);
CREATE TABLE sourcings (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, source TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX sourcings_source ON sourcings (source);
CREATE TABLE visits (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, source TEXT NOT NULL, ended BIGINT NOT NULL, outcome TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX visits_source ON visits (source, position);
CREATE TABLE items (
	id INTEGER PRIMARY KEY, source TEXT NOT NULL, name TEXT NOT NULL, number BIGINT NOT NULL, content BLOB NOT NULL, taking BIGINT NOT NULL,
	versions BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL, gone BIGINT NOT NULL);
CREATE UNIQUE INDEX items_name ON items (source, name);
CREATE INDEX items_number ON items (source, number) WHERE number > 0;
CREATE INDEX items_gone ON items (gone) WHERE gone > 0;
CREATE INDEX items_versions ON items (versions) WHERE versions > 1;
CREATE TABLE takings (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, item BIGINT NOT NULL, capture BIGINT NOT NULL, report BIGINT NOT NULL, hollow BIGINT NOT NULL, record TEXT NOT NULL);
CREATE INDEX takings_item ON takings (item);
CREATE INDEX takings_capture ON takings (capture);
CREATE INDEX takings_report ON takings (report) WHERE report > 0;
CREATE INDEX takings_hollow ON takings (position) WHERE hollow > 0;
CREATE TABLE searches (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, record TEXT NOT NULL);
CREATE TABLE stamps (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, size BIGINT NOT NULL, authority TEXT NOT NULL, chain TEXT NOT NULL, at BIGINT NOT NULL, record TEXT NOT NULL);
CREATE INDEX stamps_chain ON stamps (chain, size);
CREATE TABLE cosigned (
	position INTEGER PRIMARY KEY, ref BLOB NOT NULL, size BIGINT NOT NULL, witness TEXT NOT NULL, refused BIGINT NOT NULL, record TEXT NOT NULL);
CREATE INDEX cosigned_witness ON cosigned (witness, size);
CREATE TABLE custodies (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, act TEXT NOT NULL, whole BIGINT NOT NULL, record TEXT NOT NULL);
CREATE INDEX custodies_act ON custodies (act, position);
CREATE INDEX custodies_whole ON custodies (position) WHERE whole = 1;
CREATE TABLE held (custody BIGINT NOT NULL, about BIGINT NOT NULL, PRIMARY KEY (about, custody));
CREATE INDEX held_custody ON held (custody);
CREATE TABLE forms (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, form TEXT NOT NULL, about BIGINT NOT NULL, record TEXT NOT NULL);
CREATE INDEX forms_about ON forms (about, form);
CREATE TABLE settings (position INTEGER PRIMARY KEY, ref BLOB NOT NULL, record TEXT NOT NULL);
CREATE TABLE extents (position INTEGER PRIMARY KEY, segment TEXT NOT NULL, lo BIGINT NOT NULL, hi BIGINT NOT NULL, hash BLOB NOT NULL);
`

// fullText indexes keys that the follower made: they are folded already, so the
// tokenizer need only part them at spaces and ASCII marks. It keeps no text.
const fullText = `CREATE VIRTUAL TABLE words USING fts5(title, body, content='', contentless_delete=1, tokenize='ascii')`

// fullTextMerge: half as many merges as by default, for a few more places to look at.
const fullTextMerge = `INSERT INTO words (words, rank) VALUES ('automerge', 8)`

// tables lists what Dump writes and in which order: all but meta and the full-text index.
func tables() []string {
	return []string{"captures", "reports", "readings", "texts", "sketches", "codings", "figures", "statements", "spots", "voices", "decisions",
		"events", "gatherings", "gathered", "accounts", "enrolments", "codebooks", "copies", "releases",
		"sources", "sourcings", "visits", "items", "takings", "searches", "stamps", "cosigned", "custodies", "held", "settings", "forms", "extents"}
}
