//go:build unix && !linux

package browser

import (
	"os/exec"
	"syscall"
)

// alone puts a command into a process group of its own.
func alone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
