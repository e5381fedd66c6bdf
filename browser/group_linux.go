package browser

import (
	"os/exec"
	"syscall"
)

// alone puts a command into a process group of its own, and has it killed when this process
// ends without having done so.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
