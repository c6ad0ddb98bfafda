export {
  DoraService,
  type DoraReader,
  type DoraServiceOptions,
  type ServiceEntry,
} from './DoraService';
