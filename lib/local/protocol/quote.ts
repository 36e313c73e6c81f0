/** Characters of a client's or an app's text that an explanation quotes. */
const LONGEST_QUOTE = 100;

/** The beginning of a text that may be as long as its author likes. */
export function shortened(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
}
