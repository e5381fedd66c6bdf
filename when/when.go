// Package when finds dates and periods in Ukrainian, Russian and English text, absolute
// and relative to the day of publication, as intervals of days with a precision.
package when
