//go:build unix

package vault

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

const gateIsFolder = true

// tryLock takes the lock of f if nobody has it. flock(2) belongs to the open file, so
// two callers in one process exclude each other too, and the kernel frees it when the
// process ends in whatever way.
//
// File systems that come over a network may make of it a lock that needs a file open for
// writing, which a folder cannot be, or may not lock folders at all. Then there is no
// first gate: the turn is still one process's, only the order of those who wait is lost.
func tryLock(f *os.File, turn bool) (bool, error) {
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err {
		case nil:
			return true, nil
		case unix.EINTR:
		case unix.EWOULDBLOCK:
			return false, nil
		case unix.EBADF, unix.EINVAL, unix.ENOLCK, unix.ENOTSUP, unix.EISDIR:
			if !turn {
				return true, nil
			}
			return false, os.NewSyscallError("flock", err)
		default:
			return false, os.NewSyscallError("flock", err)
		}
	}
}

func isFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

// syncDir makes the names in a folder durable.
func syncDir(r *os.Root, dir string) error {
	f, err := r.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, unix.EINVAL) {
		err = nil // a file system that has no such act, and so no such need
	}
	return errors.Join(err, f.Close())
}
