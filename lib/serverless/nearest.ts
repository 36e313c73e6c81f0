// Pure and without imports: the same for options, arguments and keys.
// eslint-disable-next-line @typescript-eslint/no-restricted-imports
export { nearest } from '../private/nearest';
