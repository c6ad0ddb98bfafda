export { readCatalog, type CatalogSnapshot } from './readCatalog';
export {
  SERVICE_FIELDS,
  toServices,
  type Service,
  type Services,
} from './services';
