"""Reviews: public praise that was bought or organised."""
