/**
 * What other backend code may import of Fairway: the observer interface, the extension
 * point and the service reference.
 *
 * @packageDocumentation
 */
export * from './ConnectionError';
export * from './CronSchedule';
export * from './GitopsConnection';
export * from './GitopsObserver';
export * from './ObjectFields';
export * from './extensions';
export * from './gitopsServiceRef';
export * from './isObjectName';
export * from './isObserved';
export * from './limitResources';
export * from './limitResults';
export * from './parseGoDuration';
export * from './plainText';
export * from './readAnnotations';
export * from './readWebUrl';
export * from './withoutCredentials';
