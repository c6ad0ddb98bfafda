export { renderWorkload } from './renderWorkload';
