package archive

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"

	"svidok/catalog"
	"svidok/evidence"
)

// Passwords are hashed by Argon2id (RFC 9106) with these costs and written in PHC string
// form. Hashes with other costs are read, within bounds.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32

	minPassword = 10
	maxPassword = 1024
	maxName     = 100
)

func phc(password string, salt []byte) string {
	k := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey)
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, e.EncodeToString(salt), e.EncodeToString(k))
}

// matches reports whether password is the one of a PHC string.
func matches(encoded, password string) (bool, error) {
	var version int
	var memory, times uint32
	var threads uint8
	f := strings.Split(encoded, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" {
		return false, fmt.Errorf("password hash: no argon2id in PHC form: %w", evidence.ErrFormat)
	}
	_, err1 := fmt.Sscanf(f[2], "v=%d", &version)
	_, err2 := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &memory, &times, &threads)
	salt, err3 := base64.RawStdEncoding.DecodeString(f[4])
	want, err4 := base64.RawStdEncoding.DecodeString(f[5])
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return false, fmt.Errorf("password hash: %w: %w", evidence.ErrFormat, err)
	}
	if version != argon2.Version || memory > 1<<20 || times == 0 || times > 20 || threads == 0 || len(want) < 16 || len(want) > 64 {
		return false, fmt.Errorf("password hash: costs out of bounds: %w", evidence.ErrFormat)
	}
	got := argon2.IDKey([]byte(password), salt, times, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// hashing takes one of the few places for hashing: each takes 64 MiB.
func (a *Archive) hashing(ctx context.Context) (func(), error) {
	select {
	case a.signing <- struct{}{}:
		return func() { <-a.signing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (a *Archive) hash(ctx context.Context, password string) (string, error) {
	if len(password) < minPassword || len(password) > maxPassword {
		return "", fmt.Errorf("a password of %d characters, want %d to %d: %w", len(password), minPassword, maxPassword, evidence.ErrUsage)
	}
	salt := make([]byte, argonSalt)
	a.random.Lock()
	_, err := io.ReadFull(a.o.Rand, salt)
	a.random.Unlock()
	if err != nil {
		return "", fmt.Errorf("draw random bytes: %w", err)
	}
	free, err := a.hashing(ctx)
	if err != nil {
		return "", err
	}
	defer free()
	return phc(password, salt), nil
}

// People are the accounts of a case.
type People struct{ a *Archive }

// People returns the accounts.
func (a *Archive) People() People { return People{a} }

// SignIn returns the active account with this name and password, or ErrRefused. An
// unknown name costs as much as a wrong password, and the answer is the same.
func (p People) SignIn(ctx context.Context, name, password string) (catalog.Account, error) {
	a := p.a
	no := fmt.Errorf("sign in: name or password is wrong: %w", evidence.ErrRefused)
	if len(password) > maxPassword {
		return catalog.Account{}, no
	}
	list, err := a.cat.Accounts(ctx)
	if err != nil {
		return catalog.Account{}, fmt.Errorf("sign in: %w", err)
	}
	var found *catalog.Account
	for i := range list {
		if list[i].Active && sameName(list[i].Name, name) {
			found = &list[i]
		}
	}
	free, err := a.hashing(ctx)
	if err != nil {
		return catalog.Account{}, fmt.Errorf("sign in: %w", err)
	}
	defer free()
	if found == nil {
		phc(password, make([]byte, argonSalt)) // takes as long
		return catalog.Account{}, no
	}
	encoded, err := a.cat.Password(ctx, found.ID)
	if err != nil {
		return catalog.Account{}, fmt.Errorf("sign in: %w", err)
	}
	ok, err := matches(encoded, password)
	if err != nil {
		return catalog.Account{}, fmt.Errorf("sign in: %w", err)
	}
	if !ok {
		return catalog.Account{}, no
	}
	return *found, nil
}

func sameName(a, b string) bool { return strings.EqualFold(line(a), line(b)) }

// Enrol makes or changes an account and returns its ID. by is an admin's account; an
// account that changes nothing but its own password; or "" for whoever sits at the case's
// key, who may make an admin while there is none.
func (p People) Enrol(ctx context.Context, by string, e Enrolment) (string, error) {
	a := p.a
	var password string
	if e.Password != "" || e.ID == "" {
		var err error
		if password, err = a.hash(ctx, e.Password); err != nil {
			return "", fmt.Errorf("enrol: %w", err)
		}
	}
	var id string
	r := &request{prepare: func(ctx context.Context) ([]*act, error) {
		acc, err := a.enrol(ctx, by, e, password)
		if err != nil {
			return nil, err
		}
		id = acc.ID
		return []*act{{kind: evidence.KindAccount, who: a.who(by), at: acc.At, record: acc}}, nil
	}}
	if err := a.commit(ctx, r); err != nil {
		return "", fmt.Errorf("enrol: %w", err)
	}
	return id, nil
}

func (a *Archive) enrol(ctx context.Context, by string, e Enrolment, password string) (evidence.Account, error) {
	none := evidence.Account{}
	list, err := a.cat.Accounts(ctx)
	if err != nil {
		return none, err
	}
	acc := evidence.Account{V: 1, Kind: evidence.KindAccount, ID: e.ID, Name: line(e.Name), Role: e.Role, Active: !e.Inactive, Password: password,
		By: a.who(by), At: a.now()}
	if acc.Name == "" || len(acc.Name) > maxName || !acc.Role.Known() {
		return none, fmt.Errorf("an account needs a name and a role (coder, reviewer, admin): %w", evidence.ErrUsage)
	}
	var old *catalog.Account
	admins := 0
	for i, x := range list {
		if x.ID == e.ID {
			old = &list[i]
		} else if x.Active && sameName(x.Name, acc.Name) {
			return none, fmt.Errorf("%q is there already: %w", acc.Name, evidence.ErrRefused)
		}
		if x.Active && x.Role == evidence.RoleAdmin && x.ID != e.ID {
			admins++
		}
	}
	if e.ID != "" && old == nil {
		return none, fmt.Errorf("account %q: %w", e.ID, evidence.ErrNotFound)
	}
	if err := a.mayEnrol(ctx, by, acc, old, admins); err != nil {
		return none, err
	}
	if old == nil {
		n, err := a.nonce()
		acc.ID = "p:" + n
		return acc, err
	}
	if password == "" {
		acc.Password, err = a.cat.Password(ctx, old.ID)
	}
	return acc, err
}

// mayEnrol: admins counts the active admins other than the account itself.
func (a *Archive) mayEnrol(ctx context.Context, by string, acc evidence.Account, old *catalog.Account, admins int) error {
	isAdmin := acc.Role == evidence.RoleAdmin && acc.Active
	wasAdmin := old != nil && old.Active && old.Role == evidence.RoleAdmin
	if by == "" {
		if admins > 0 || wasAdmin {
			return evidence.WithHint(fmt.Errorf("there is an admin already: %w", evidence.ErrRefused), "sign in as an admin")
		}
		if !isAdmin {
			return evidence.WithHint(fmt.Errorf("the first account must be an admin's: %w", evidence.ErrRefused), "make an admin first")
		}
		return nil
	}
	role, err := a.role(ctx, by)
	if err != nil {
		return err
	}
	own := old != nil && by == old.ID && acc.Name == old.Name && acc.Role == old.Role && acc.Active == old.Active
	if role != evidence.RoleAdmin && !own {
		return fmt.Errorf("only an admin changes accounts: %w", evidence.ErrRefused)
	}
	if wasAdmin && !isAdmin && admins == 0 {
		return evidence.WithHint(fmt.Errorf("this is the last admin: %w", evidence.ErrRefused), "make another admin first")
	}
	return nil
}
