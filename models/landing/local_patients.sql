select
    id,
    given_name,
    family_name,
    cast(birth_date as date) as birth_date,
    sex,
    city,
    insurance,
    email,
    cast(registered_at as timestamp) as registered_at,
    cast(updated_at as timestamp) as updated_at
from {{ source('clinic', 'patients') }}
