service-topology trace . --from deployment/shop/front --to http://web/
