package coding

// role is what patterns that are no code's stand for.
type role int32

// Gates, cues and clause words, in the order of the file's keys below.
const (
	gateTerritory role = iota
	gateOwnDraft
	gateRussia
	gateTerritoryWords
	gateElsewhere
	gatePast
	gateOwnState
	gateSubject

	cueNegated
	cuePlanned
	cueDenied
	cueHedged
	cueConditional
	cueAdvice
	cueThreatened
	cuePurpose
	cueWithout
	cueOtherwise
	cueIrrealis
	cueQuoted
	cueNone

	clauseBreaker
	clauseAnd
	clausePast
	clauseThat
	clauseTransparent
	clauseUnwilling
	clauseLight
	clausePresent
	clauseInfinitive
	clauseFactive

	roleCount
)

// String is the key in the file.
func (r role) String() string {
	return [roleCount]string{
		"territory", "own_state_draft", "russia_proper", "territory_words", "elsewhere", "past", "own_state", "subject",
		"negated", "planned", "denied", "hedged", "conditional", "advice", "threatened", "purpose", "without", "otherwise", "irrealis", "quoted", "none",
		"breaker", "and", "past", "that", "transparent", "unwilling", "light", "present", "infinitive", "factive",
	}[r]
}

// owner is how a pattern names its role: below zero, while codes count from zero.
func (r role) owner() int32 { return -1 - int32(r) }

func roleOf(owner int32) role { return role(-1 - owner) }

func gateRoles() []role {
	return []role{gateTerritory, gateOwnDraft, gateRussia, gateTerritoryWords, gateElsewhere, gatePast, gateOwnState, gateSubject}
}

func cueRoles() []role {
	return []role{cueNegated, cuePlanned, cueDenied, cueHedged, cueConditional, cueAdvice,
		cueThreatened, cuePurpose, cueWithout, cueOtherwise, cueIrrealis, cueQuoted, cueNone}
}

func clauseRoles() []role {
	return []role{clauseBreaker, clauseAnd, clausePast, clauseThat, clauseTransparent, clauseUnwilling, clauseLight, clausePresent, clauseInfinitive, clauseFactive}
}
