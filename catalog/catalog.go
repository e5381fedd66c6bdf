// Package catalog finds again what the ledger noted. It is a view in one SQLite file:
// it knows how far in the ledger it has read ([Catalog.Position]), holds no rule, and
// may be deleted at any time, since `svidok rebuild` makes an equal one from the vault
// and the ledger ([Catalog.Dump] shows that it is equal).
//
// # Writing
//
// Only archive/follow.go writes, through [Catalog.Apply]: one transaction takes the view
// from one position to a later one, or leaves it where it was. Two processes may follow
// the same ledger: whoever comes second finds the position moved ([ErrMoved]), and goes
// on from there.
//
// # Reading
//
// Reads go to a pool of their own and never wait for the writer. They return plain
// structs. Pages are by key, so that a page costs the same wherever it lies.
//
// # When it is of no use
//
// A file that is damaged, of another layout, or not the view of this ledger gives
// [ErrRebuild]: nothing is lost, and the archive makes it anew.
//
// # What is not exact
//
// Nothing here is evidence. Proofs, texts and originals come from the ledger and the
// vault, by the positions and hashes that the rows carry.
package catalog

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // registers itself with SQLite

	"svidok/evidence"
)

var (
	// ErrRebuild: the file is damaged, of another layout, or of another ledger. Rebuild.
	ErrRebuild = errors.New("the catalog must be rebuilt")
	// ErrMoved: somebody else followed meanwhile. Ask for the position and go on from there.
	ErrMoved = errors.New("the catalog has moved")
)

const (
	readers  = 8
	pageSize = 4096
	// SealedKey is how many bytes the key of an encrypted view has.
	SealedKey = 32
)

// Catalog is an open view. It is safe for concurrent use.
type Catalog struct {
	path string
	key  []byte // nil: it lies open
	read *sql.DB

	mu     sync.Mutex // one writer; guards what follows
	write  *sql.DB
	writer *writer
}

// Open opens the view at path, or makes an empty one. It fails with ErrRebuild if what is
// there is of no use; then [Remove] it, or rebuild beside it.
func Open(ctx context.Context, path string) (*Catalog, error) {
	return openWith(ctx, path, nil)
}

// OpenSealed is Open for a view that lies encrypted on the disk, under a key of
// [SealedKey] bytes: the file, and what SQLite lays beside it, but for the -shm file, which
// holds page numbers only. A view that is not of this key, or is not encrypted at all, is
// ErrRebuild. Nothing shows that a page was altered but that it makes no sense any more:
// the view is no evidence.
func OpenSealed(ctx context.Context, path string, key []byte) (*Catalog, error) {
	if len(key) != SealedKey {
		return nil, fmt.Errorf("open the catalog: a key of %d bytes, want %d: %w", len(key), SealedKey, evidence.ErrUsage)
	}
	return openWith(ctx, path, key)
}

func openWith(ctx context.Context, path string, key []byte) (*Catalog, error) {
	c := &Catalog{path: path, key: slices.Clone(key)}
	// Made before SQLite makes it, for the user alone: it holds names and password hashes.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("open the catalog: %w", judge(err))
	}
	// NORMAL in WAL mode syncs only at checkpoints, which are rare: a power cut may take
	// the last transactions (they are followed again) but never leaves a torn file.
	if c.write, err = c.open("_txlock=immediate", "journal_mode(wal)", "synchronous(normal)", "cache_size(-65536)",
		"wal_autocheckpoint(8000)", "temp_store(memory)"); err == nil {
		c.write.SetMaxOpenConns(1)
		err = c.prepare(ctx)
	}
	for _, suffix := range []string{"-wal", "-shm"} { // SQLite makes these readable to all
		_ = os.Chmod(path+suffix, 0o600) // there are file systems without modes
	}
	if err == nil {
		c.read, err = c.open("mode=ro", "cache_size(-16384)", "temp_store(memory)", "query_only(on)")
	}
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("open the catalog: %w", c.judge(err))
	}
	c.read.SetMaxOpenConns(readers)
	c.read.SetMaxIdleConns(2)
	return c, nil
}

func (c *Catalog) open(mode string, pragmas ...string) (*sql.DB, error) {
	q := url.Values{"_pragma": append([]string{"busy_timeout(60000)", "page_size(" + strconv.Itoa(pageSize) + ")"}, pragmas...)}
	return driver.Open(c.uri(c.path, mode+"&"+q.Encode()), func(c *sqlite3.Conn) error { return fts5.Register(c) })
}

// uri names a file to SQLite, with the key if there is one.
func (c *Catalog) uri(path, query string) string {
	if c.key != nil {
		query += "&vfs=adiantum&hexkey=" + hex.EncodeToString(c.key)
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: query}).String()
}

// prepare makes the tables in a new file and refuses one of another layout.
func (c *Catalog) prepare(ctx context.Context) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var v, n int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master`).Scan(&n); err != nil {
		return err
	}
	if v == 0 && n == 0 {
		for _, q := range []string{schema, fullText, fullTextMerge, `INSERT INTO meta VALUES ('position', '0'), ('head', ''), ('joined', '0')`,
			`PRAGMA user_version = ` + strconv.Itoa(version)} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		v = version
	}
	if v != version {
		return fmt.Errorf("layout %d, want %d: %w", v, version, ErrRebuild)
	}
	return tx.Commit()
}

// judge marks the errors of a damaged file.
func judge(err error) error {
	if err == nil || errors.Is(err, ErrRebuild) {
		return err
	}
	switch {
	case errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.MISMATCH), errors.Is(err, sqlite3.FORMAT):
		return fmt.Errorf("%w: %w", ErrRebuild, err)
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_SHMSIZE), errors.Is(err, sqlite3.IOERR_SHMMAP), errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: %w", evidence.ErrFull, err)
	case errors.Is(err, sqlite3.BUSY):
		return fmt.Errorf("%w: %w", evidence.ErrBusy, err)
	}
	return err
}

// judge marks the errors of whoever writes. The driver tells of a full disk as of any
// write that fails, without the system's reason: so it is asked whether there is room.
func (c *Catalog) judge(err error) error {
	if errors.Is(err, sqlite3.IOERR) && !c.roomy() {
		return fmt.Errorf("%w: %w", evidence.ErrFull, err)
	}
	return judge(err)
}

// roomy reports whether a little more can be written beside the file.
func (c *Catalog) roomy() bool {
	const little = 1 << 20
	name := c.path + "-room"
	err := os.WriteFile(name, make([]byte, little), 0o600)
	return errors.Join(err, os.Remove(name)) == nil
}

// Close gives the file back.
func (c *Catalog) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	if c.read != nil {
		errs = append(errs, c.read.Close())
	}
	if c.writer != nil {
		errs = append(errs, c.writer.close())
		c.writer = nil
	}
	if c.write != nil {
		errs = append(errs, c.write.Close())
	}
	return errors.Join(errs...)
}

// Remove deletes the view at path. No process may have it open.
func Remove(path string) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal", ""} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the catalog: %w", err)
		}
	}
	return nil
}

// Become takes the rows of the view at path in place of its own, in one transaction:
// whoever reads, in whatever process, sees the old rows or the new ones. Both lie open, or
// encrypted under the same key.
func (c *Catalog) Become(ctx context.Context, path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writer != nil {
		err := c.writer.close()
		c.writer = nil
		if err != nil {
			return fmt.Errorf("swap the catalog: %w", judge(err))
		}
	}
	conn, err := c.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("swap the catalog: %w", judge(err))
	}
	defer conn.Close()
	err = conn.Raw(func(raw any) error {
		own, ok := raw.(driver.Conn)
		if !ok {
			return fmt.Errorf("connection of type %T: %w", raw, evidence.ErrUsage)
		}
		return own.Raw().Restore("main", c.uri(path, "mode=ro"))
	})
	if err != nil {
		return fmt.Errorf("swap the catalog: %w", judge(err))
	}
	return nil
}

// Position returns how many entries of the ledger the view has read, and the leaf hash of
// the last of them (zero at 0).
func (c *Catalog) Position(ctx context.Context) (int64, evidence.Hash, error) {
	var pos, head string
	err := c.read.QueryRowContext(ctx, `SELECT p.value, h.value FROM meta p, meta h WHERE p.name = 'position' AND h.name = 'head'`).Scan(&pos, &head)
	if err != nil {
		return 0, evidence.Hash{}, fmt.Errorf("position of the catalog: %w", judge(err))
	}
	return parsePosition(pos, head)
}

func parsePosition(pos, head string) (int64, evidence.Hash, error) {
	n, err := strconv.ParseInt(pos, 10, 64)
	var h evidence.Hash
	if err == nil {
		err = h.UnmarshalText([]byte(head))
	}
	if err != nil {
		return 0, h, fmt.Errorf("position of the catalog: %w: %w", ErrRebuild, err)
	}
	return n, h, nil
}

// key is what a hash is looked up by.
func key(h evidence.Hash) int64 { return int64(binary.BigEndian.Uint64(h[:8])) }

// nameKey is what a statement's ID is looked up by. An ID is 32 hex digits; whatever else
// is asked for is not found.
func nameKey(id string) int64 {
	if len(id) < 16 {
		return 0
	}
	n, err := strconv.ParseUint(id[:16], 16, 64)
	if err != nil {
		return 0
	}
	return int64(n)
}
