// Package places knows the places of Ukraine and finds them in Ukrainian, Russian and
// English text: which settlement, hromada, raion or oblast is meant, why, what else it
// might be, and whether it was occupied on the days that the text speaks of.
package places
