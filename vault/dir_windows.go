//go:build windows

package vault

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

const gateIsFolder = false

// tryLock takes the lock of f if nobody has it. Locks of Windows are mandatory, so they
// lie on one byte each, far beyond the holder's words, which others must be able to
// read. The system frees them when the process ends in whatever way.
func tryLock(f *os.File, turn bool) (bool, error) {
	at := &windows.Overlapped{OffsetHigh: 1}
	if turn {
		at.Offset = 1
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, os.NewSyscallError("LockFileEx", err)
}

func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// syncDir does nothing: a folder cannot be synced there; NTFS journals its names.
func syncDir(*os.Root, string) error { return nil }
