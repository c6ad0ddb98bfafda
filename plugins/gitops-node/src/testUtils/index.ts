/**
 * What tests of observers, and of code that uses Fairway, need.
 *
 * @packageDocumentation
 */
export * from './describeObserverContract';
export * from './gitopsServiceMock';
