service-topology trace . --from 'outside via node-b' --to 'service shop/front'
