/** Phrases that no native engineer would write, each with what to write instead. */

/**
 * @typedef {object} Habit
 * @property {string} name
 * @property {RegExp} pattern - with the flag `g`
 * @property {string} instead
 * @property {'summary' | 'message'} [where] - `summary`: only at the start of a doc comment, a heading, or the sentence below a heading;
 *   `message`: only in the strings of packages; left out, anywhere
 */

/** @type {readonly Habit[]} */
export const habits = [
  {
    name: 'clause as summary',
    where: 'summary',
    pattern: /^(?:What|How|Where|Whether)\b/g,
    instead: 'begin with a verb or a noun: "Verifies ...", "The reason ...", "True if ..."',
  },
  { name: 'stands', pattern: /\bst(?:ands|ood)\b(?! for\b)/gi, instead: '"is"' },
  { name: 'anew', pattern: /\banew\b/gi, instead: '"again"' },
  { name: 'It takes', where: 'message', pattern: /\bIt takes\b/g, instead: '"Expected ..." or an imperative' },
  {
    name: 'is no',
    pattern: /(?<!\bthere )\b(?:is|are|was|were) no (?=\w)(?!longer\b|more\b|less\b|fewer\b|later\b)/gi,
    instead: '"is not a"',
  },
  { name: 'beside', pattern: /\bbeside\b/gi, instead: '"next to", "besides", "in addition to"' },
  {
    name: 'somebody',
    pattern: /\b(?:somebody|anybody|whoever|whosoever)\b/gi,
    instead: '"someone", "anyone", or the person',
  },
  { name: 'mend', pattern: /\bmend(?:s|ed|ing)?\b/gi, instead: '"fix"' },
  { name: 'as it came', pattern: /\bas (?:it|they) c(?:ame|ome|omes)\b/gi, instead: '"as received", "unchanged"' },
  { name: 'comes to nothing', pattern: /\bc(?:omes?|ame) to nothing\b/gi, instead: '"fails", "has no effect"' },
  {
    name: 'what becomes of',
    pattern: /\bwhat (?:becomes?|became|comes|came|has become) of\b/gi,
    instead: '"the outcome of", "the result of"',
  },
  {
    name: 'is told',
    pattern: /\b(?:is|are|was|were|be|been) told\b(?! apart)/gi,
    instead: '"is notified", "gets", "is reported"',
  },
  { name: 'hears', pattern: /\b(?:hears?|heard)\b/gi, instead: '"gets", "is called with"' },
  { name: 'to be had', pattern: /\b(?:to|can(?:not)?) be had\b/gi, instead: '"available"' },
  { name: 'for ever', pattern: /\bfor ever\b/gi, instead: '"forever"' },
  { name: 'white space', pattern: /\bwhite space\b/gi, instead: '"whitespace"' },
  {
    name: 'some as about',
    pattern: /\bsome (?:two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|hundred|\d+)\b/gi,
    instead: '"about"',
  },
  { name: 'inside of', pattern: /\binside of\b/gi, instead: '"inside"' },
  {
    name: 'archaic',
    pattern:
      /\b(?:thereof|therein|thereto|whence|wherein|whereof|whereupon|hitherto|hence|thereby|albeit|in earnest|in vain)\b/gi,
    instead: 'a common word',
  },
];
