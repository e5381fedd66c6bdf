//go:build unix

package browser

import (
	"errors"
	"syscall"
)

// running reports whether a process is there, as far as one may ask.
func running(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || !errors.Is(err, syscall.ESRCH)
}
