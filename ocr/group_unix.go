//go:build unix

package ocr

import (
	"os/exec"
	"syscall"
)

// apart puts a command into a process group of its own.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killed kills the process group of a command.
func killed(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
