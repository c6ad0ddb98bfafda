export { readCatalog } from './readCatalog';
