/**
 * A stand-in forge and cluster for machines that have neither.
 *
 * @packageDocumentation
 */
import { main } from './cli';

export * from './cli';
export * from './types';

if (require.main === module) {
  void main(process.argv.slice(2));
}
