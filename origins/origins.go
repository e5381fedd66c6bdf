// Package origins finds who a text says it has something from, and resolves it to a
// register of bodies and outlets.
package origins
