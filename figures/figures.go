// Package figures finds the numbers that a text claims about people: value or range,
// operator, kind, scope, period and claimant, at their exact words.
package figures
