/**
 * The vocabulary, permissions, DORA functions and HTTP client that every Fairway package shares.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './matchesGlob';
export * from './permissions';
export * from './model';
export * from './dora';
export * from './explain';
export * from './api';
