import type { ApiHolder } from '@backstage/frontend-plugin-api';
import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';
import { gitopsApiRef } from '../apis';
import { describeError } from './describeError';
import { nameCheckQuery, type ServiceNameOptions } from './nameCheck';

/**
 * Refuses a name that is taken or not allowed anywhere, and one that could not be checked
 * at all; a single place that cannot be checked does not hold the user up, since the
 * golden path checks again before it changes anything.
 */
export const validateServiceName: CustomFieldValidator<
  string,
  ServiceNameOptions
> = async (value, field, context) => {
  const query = nameCheckQuery(
    value,
    context.uiSchema?.['ui:options'] ?? {},
    context.formData,
  );
  const api = (context.apiHolder as ApiHolder).get(gitopsApiRef);
  if (!query || !api) {
    return;
  }
  try {
    const { checks } = await api.checkName(query);
    for (const { where, state, message } of checks) {
      if (state === 'taken' || state === 'invalid') {
        field.addError(
          message ??
            `This name is ${
              state === 'taken' ? 'taken' : 'not allowed'
            } (${where}). Choose another.`,
        );
      }
    }
  } catch (error) {
    field.addError(
      `The name cannot be checked: ${describeError(error).message}`,
    );
  }
};
