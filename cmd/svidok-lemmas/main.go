// Command svidok-lemmas makes the dictionaries of word forms that package words embeds.
package main

func main() {}
